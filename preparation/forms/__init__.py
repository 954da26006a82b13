from preparation.forms.experience import ExperienceForm

__all__ = ["ExperienceForm"]
