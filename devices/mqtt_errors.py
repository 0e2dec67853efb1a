"""What can go wrong between this program and its broker."""

from __future__ import annotations

from typing import ClassVar


class MqttError(Exception):
    """Base of the errors of the MQTT client."""

    code: ClassVar[str] = "mqtt_error"


class NotConnected(MqttError):
    """There is no connection to the broker, or it broke before the broker answered.

    A message that was being published may or may not have reached the broker.
    """

    code = "not_connected"


class ConnectFailed(MqttError):
    """The broker could not be reached, or refused this client."""

    code = "connect_failed"


class PublishTimeout(MqttError):
    """The broker did not take the message in time; it may still do so."""

    code = "publish_timeout"


class PublishRefused(MqttError):
    """The broker said no to a message, or the message is above the broker's size limit."""

    code = "publish_refused"


class SubscribeRefused(MqttError):
    """The broker said no to a subscription."""

    code = "subscribe_refused"
