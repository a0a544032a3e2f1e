"""Laws of the house itself: who may import whom, what stands in a file, what one command does."""
