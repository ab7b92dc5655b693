"""The live half of the demonstration: real servers, an office, a take-over, in front of one's eyes."""
