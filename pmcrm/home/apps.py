from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "pmcrm.home"
    label = "home"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from accounts.models import ValueAssessment
        from campaigns.models import UsageSign
        from pmcrm.home.answers import forget_answers_due
        from pmcrm.home.calls import forget_calls_waiting
        from pmcrm.home.context import forget_due_steps
        from pmcrm.home.my_day.accounts import forget_due_scores
        from touchpoints.models import NextStep, Pain

        for change in (post_save, post_delete):
            change.connect(forget_due_steps, sender=NextStep, dispatch_uid="due-steps")
        post_save.connect(forget_due_scores, sender=ValueAssessment, dispatch_uid="due-scores")
        post_save.connect(forget_calls_waiting, sender=UsageSign, dispatch_uid="calls-waiting")
        post_save.connect(forget_answers_due, sender=Pain, dispatch_uid="answers-due")
