"""Of the people's door, included by its name: who comes in here may invite others, which no other door's code may."""

from django.urls import path

from sensors.onboarding.pages import checklist, import_file, import_run, template_files

urlpatterns = [
    path("customers/<uuid:pk>/", checklist.checklist, name="checklist"),
    path("customers/<uuid:pk>/import/", import_file.import_file, name="import-file"),
    path("customers/<uuid:pk>/import/template.csv", template_files.template_csv, name="import-template-csv"),
    path("customers/<uuid:pk>/import/template.xlsx", template_files.template_xlsx, name="import-template-xlsx"),
    path("imports/<uuid:pk>/", import_run.import_run, name="import-run"),
]
