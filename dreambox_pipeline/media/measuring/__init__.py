"""What is seen and heard in a video, as numbers, in one decode."""
