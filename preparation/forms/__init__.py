from preparation.forms.experience import ExperienceFilter, ExperienceForm

__all__ = ["ExperienceFilter", "ExperienceForm"]
