"""What people count when they report progress, by activity of the taxonomy, in plain unaccented spelling."""

_SENT = "candidatures? cvs? lettres? offres? annonces? postes? boites? entreprises? employeurs? agences? lm mails? dossiers?"
_MEETINGS = "rendez_vous entretiens? rencontres? echanges? appels? seances?"
_LESSONS = "cours seances? lecons? sessions? modules? chapitres? exercices? exos? tests? stages? ateliers? formations?"

ITEMS: dict[str, frozenset[str]] = {
    activity: frozenset(nouns.split())
    for activity, nouns in {
        "application": _SENT
        + " magasins? restos? restaurants? patrons? usines? hotels? chantiers? creches? demandes? formulaires? endroits? candidat spontanees? motivations? motivs? envois? plis "
        "maisons? ehpads? cliniques? ecoles? associations? structures? boulangeries? garages? commerces? supermarches? etablissements? societes? mairies? cabinets? residences? maisons_de_retraite",
        "cv_letter": "cvs? lettres? lm versions? modeles?",
        "job_interview": "entretiens? rendez_vous rdv simulations? essais? tests?",
        "workshop": "ateliers? seances? sessions? reunions? cours modules? rendez_vous",
        "training": _LESSONS
        + " blocs? evaluations? certifications? unites? reunions? candidatures? dossiers? informations?",
        "immersion": "immersions? stages? pmsmp conventions? entreprises? employeurs? services?",
        "job_search": "offres? annonces? recherches? alertes? sites? entreprises? employeurs? agences? appels? pistes? boites? plateformes? "
        "inscriptions? magasins?",
        "job": "missions? contrats? jobs? postes? extras? remplacements? menages? chantiers? clients? gardes? cdd cdi services? livraisons? shifts? vacations? boulots?",
        "admin_step": "dossiers? demarches? papiers? documents? formulaires? demandes? courriers? rendez_vous attestations? declarations? appels? mails? photocopies? "
        "justificatifs? recours pieces?",
        "health_step": "rendez_vous seances? consultations? examens? visites? analyses? radios? medecins? soins? dentistes? bilans? vaccins?",
        "mobility_step": "lecons? cours examens? tests? series? codes? heures? seances? trajets? conduites?",
        "housing_step": "visites? apparts? appartements? logements? demandes? dossiers? annonces? foyers? residences? studios? agences? proprios? proprietaires? "
        "bailleurs?",
        "family_step": "creches? nounous? places? assistantes? rendez_vous demandes? dossiers? ecoles? reunions? halte_garderies? centres?",
        "language_course": _LESSONS + " lecons? dictees? textes? pages? mots? livres?",
        "volunteering": "missions? maraudes? distributions? permanences? collectes? associations? assos? actions? matinees? services?",
        "skills_assessment": _MEETINGS + " bilans? tests? ateliers? questionnaires? fiches? pages?",
        "mentoring": _MEETINGS + " visios? parrains? cafes? discussions? coups?",
        "company_visit": "visites? entreprises? salons? forums? stands? usines? ateliers? employeurs? recruteurs? contacts? boites? dating datings?",
        "business_creation": "clients? devis rendez_vous factures? ateliers? prospects? banques? fournisseurs? contrats?",
        "culture_sport": "seances? matchs? entrainements? sorties? spectacles? cours musees? expos? films? concerts? livres? tournois footings?",
    }.items()
}
"""Patterns of nouns (regular expressions; "_" stands for a space) that are the own items of each activity."""

ANY_ITEM = frozenset().union(*ITEMS.values())
