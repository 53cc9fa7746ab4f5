"""WooCommerce: signed webhooks, and history by REST."""
