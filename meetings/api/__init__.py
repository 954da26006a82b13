from meetings.api.meetings import Meetings

__all__ = ["Meetings"]
