"""The shell: one loop that receives, acknowledges, publishes and dead-letters; stages stay thin."""
