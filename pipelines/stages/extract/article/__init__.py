"""What is known of an article before any claim is read: mentions, context, speakers, and what its sentences count."""
