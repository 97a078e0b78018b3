"""Every sentence that is sent, and how it becomes a message on a channel."""
