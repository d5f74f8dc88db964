"""The process behind @mlx-download/python-bridge: one JSON object a line, both ways (docs/reference/bridge-protocol.md)."""
