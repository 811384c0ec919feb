"""Images in segments: which pixels belong together, and what stands in a hidden segment's place."""
