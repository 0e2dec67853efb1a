"""Everything at the lane: MQTT, cameras, barriers, and their simulation."""
