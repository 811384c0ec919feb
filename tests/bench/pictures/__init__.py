"""Photos, digits and mails: explanations beside the peers', with a dozen players so that the truth is known."""
