"""Drivers of real devices: folders, RTSP, weighbridges."""
