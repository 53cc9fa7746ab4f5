"""The merchant's shops (sales channels), staff and roles, API keys, and the audit log."""
