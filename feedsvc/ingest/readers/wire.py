"""How the service and its reader process frame their messages: a length, then a pickle."""

import struct

LENGTH = struct.Struct(">I")
"""Four bytes, big-endian."""
