from django.urls import path

from sensors.cases.pages import card, case_note, cases, closing, drill, loss_cards, report, reported
from sensors.desk.pages import decisions, now, records
from sensors.keys.pages import fleet, fleet_export, held_key

urlpatterns = [
    path("", now.now, name="now"),
    path("sensors/", fleet.sensors, name="sensors"),
    path("sensors.csv", fleet_export.sensors_as_spreadsheet, name="sensors-csv"),
    path("sensors/<uuid:pk>/", fleet.sensor, name="sensor"),
    path("sensors/<uuid:pk>/report/", report.report, name="report"),
    path("report/", report.report, name="report-boxes"),
    path("report/sent/", reported.reported, name="reported"),
    path("drill/", drill.drill, name="drill"),
    path("drill/done/", drill.rehearsed, name="drill-done"),
    path("card/", card.card, name="card"),
    path("cards/", loss_cards.loss_cards, name="loss-cards"),
    path("cards/<uuid:site>/", loss_cards.loss_card, name="loss-card"),
    path("sensors/<uuid:pk>/held-key/", held_key.held_key, name="held-key"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/<uuid:pk>/", decisions.decision, name="decision"),
    path("records/", records.records, name="records"),
    path("records/<uuid:customer>/export/", records.export, name="records-export"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<uuid:pk>/", cases.case, name="case"),
    path("cases/<uuid:pk>/note/", case_note.case_note, name="case-note"),
    path("cases/<uuid:pk>/closing/", closing.closing, name="closing"),
]
