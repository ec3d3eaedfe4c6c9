"""What the speed of autoenc is measured against; never part of the tests."""
