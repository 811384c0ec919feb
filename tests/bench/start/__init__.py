"""What a visit waits for, from its first byte to `ready`."""
