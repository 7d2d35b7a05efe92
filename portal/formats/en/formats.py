"""English dates as browsers write them beside these, and times of day as logs do: 00:00, not “midnight”."""

DATE_FORMAT = "M j, Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "M j, Y, H:i"
