"""The pages of files and their part of the API."""

from django.urls import URLPattern, URLResolver, path

from pmcrm.api.endpoints import routes
from pmcrm.files import views
from pmcrm.files.api import DocumentShares, Files, ForwardDocuments

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/<int:pk>/files/", views.account_files, name="account_files"),
    path("accounts/<int:pk>/files/attach/", views.account_files_attach, name="account_files_attach"),
    path("interactions/<int:pk>/files/", views.interaction_files, name="interaction_files"),
    path("interactions/<int:pk>/files/attach/", views.interaction_files_attach, name="interaction_files_attach"),
    path("files/<int:pk>/", views.file_download, name="file_download"),
    path("files/<int:pk>/remove/", views.file_remove, name="file_remove"),
    path("files/<int:pk>/restore/", views.file_restore, name="file_restore"),
    path("files/<int:pk>/document/", views.document_detail, name="document_detail"),
    path("files/<int:pk>/document/class/", views.document_class, name="document_class"),
    path("files/<int:pk>/document/share/", views.document_share, name="document_share"),
    path("files/document/said/", views.document_said, name="document_said"),
]
api_urlpatterns: list[URLPattern | URLResolver] = routes(
    files=Files, forward_documents=ForwardDocuments, document_shares=DocumentShares
)
