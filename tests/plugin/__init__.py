"""What every test stands on: real servers, a clean database in no time, real processes where a test asks for them."""
