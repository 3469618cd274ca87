import django.db.models.deletion
import qaf.tenants.constraints
import qaf.tenants.models.base
import qaf.tenants.scope
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0005_themes_and_choices"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FinalisationCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("required", models.BooleanField(help_text="Whether the auditor was new when they asked.")),
                ("asked_at", models.DateTimeField()),
                ("question", models.TextField(blank=True, help_text="What the auditor wants looked at.")),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("feedback", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricAudit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "local_id",
                    models.CharField(help_text="The child's number in the council's records.", max_length=40),
                ),
                ("audited_on", models.DateField()),
                ("service", models.CharField(blank=True, help_text="As the file names it.", max_length=120)),
                (
                    "score",
                    models.PositiveSmallIntegerField(blank=True, help_text="On the former scale.", null=True),
                ),
                ("grade", models.CharField(max_length=40)),
                (
                    "domains",
                    models.JSONField(
                        default=dict,
                        help_text="By domain as the file names it: the score, if it was one, and the grade.",
                    ),
                ),
                ("converted", models.BooleanField(help_text="Whether the grade was read from a score.")),
                ("brought_in_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-audited_on", "local_id"],
            },
        ),
        migrations.CreateModel(
            name="ToolReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tool", models.CharField(help_text="Key of the framework's tool.", max_length=60)),
                (
                    "version",
                    models.PositiveSmallIntegerField(help_text="The tool's version that was reviewed."),
                ),
                ("reviewed_on", models.DateField()),
                (
                    "answers",
                    models.JSONField(
                        default=dict, help_text="What was found, by the key of what the framework asks."
                    ),
                ),
                ("changes_needed", models.BooleanField()),
                ("note", models.TextField(blank=True, help_text="What is to change, and why.")),
            ],
            options={
                "ordering": ["-reviewed_on", "-id"],
            },
        ),
        migrations.AddField(
            model_name="judgement",
            name="marks",
            field=models.JSONField(
                default=dict, help_text="What the auditor saw of each criterion, by its key."
            ),
        ),
        migrations.AddField(
            model_name="finalisationcheck",
            name="asked_by",
            field=qaf.tenants.models.base.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.person",
            ),
        ),
        migrations.AddField(
            model_name="finalisationcheck",
            name="assessment",
            field=qaf.tenants.models.base.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="checks",
                to="audits.assessment",
            ),
        ),
        migrations.AddField(
            model_name="finalisationcheck",
            name="authority",
            field=models.ForeignKey(
                db_index=False,
                default=qaf.tenants.scope.current_authority_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.authority",
            ),
        ),
        migrations.AddField(
            model_name="finalisationcheck",
            name="checked_by",
            field=qaf.tenants.models.base.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.person",
            ),
        ),
        migrations.AddField(
            model_name="historicaudit",
            name="authority",
            field=models.ForeignKey(
                db_index=False,
                default=qaf.tenants.scope.current_authority_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.authority",
            ),
        ),
        migrations.AddField(
            model_name="historicaudit",
            name="brought_in_by",
            field=qaf.tenants.models.base.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.person",
            ),
        ),
        migrations.AddField(
            model_name="toolreview",
            name="authority",
            field=models.ForeignKey(
                db_index=False,
                default=qaf.tenants.scope.current_authority_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.authority",
            ),
        ),
        migrations.AddField(
            model_name="toolreview",
            name="reviewed_by",
            field=qaf.tenants.models.base.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="finalisationcheck",
            constraint=models.UniqueConstraint(
                condition=models.Q(("checked_at__isnull", True)),
                fields=("authority", "assessment"),
                name="audits_check_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="finalisationcheck",
            constraint=models.UniqueConstraint(
                fields=("authority", "id"), name="audits_finalisationcheck_council_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="finalisationcheck",
            constraint=qaf.tenants.constraints.TenantPolicy(name="audits_finalisationcheck_council"),
        ),
        migrations.AddConstraint(
            model_name="finalisationcheck",
            constraint=qaf.tenants.constraints.SameCouncil(
                column="assessment_id",
                name="audits_finalisationcheck_assessment_id_same_council",
                to="audits_assessment",
            ),
        ),
        migrations.AddConstraint(
            model_name="finalisationcheck",
            constraint=qaf.tenants.constraints.SameCouncil(
                column="asked_by_id",
                name="audits_finalisationcheck_asked_by_id_same_council",
                to="tenants_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="finalisationcheck",
            constraint=qaf.tenants.constraints.SameCouncil(
                column="checked_by_id",
                name="audits_finalisationcheck_checked_by_id_same_council",
                to="tenants_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="finalisationcheck",
            constraint=qaf.tenants.constraints.Trail(name="audits_finalisationcheck_trail"),
        ),
        migrations.AddConstraint(
            model_name="historicaudit",
            constraint=models.UniqueConstraint(
                fields=("authority", "local_id", "audited_on"), name="audits_historic_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="historicaudit",
            constraint=models.UniqueConstraint(
                fields=("authority", "id"), name="audits_historicaudit_council_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="historicaudit",
            constraint=qaf.tenants.constraints.TenantPolicy(name="audits_historicaudit_council"),
        ),
        migrations.AddConstraint(
            model_name="historicaudit",
            constraint=qaf.tenants.constraints.SameCouncil(
                column="brought_in_by_id",
                name="audits_historicaudit_brought_in_by_id_same_council",
                to="tenants_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="historicaudit",
            constraint=qaf.tenants.constraints.Trail(name="audits_historicaudit_trail"),
        ),
        migrations.AddConstraint(
            model_name="toolreview",
            constraint=models.UniqueConstraint(
                fields=("authority", "id"), name="audits_toolreview_council_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="toolreview",
            constraint=qaf.tenants.constraints.TenantPolicy(name="audits_toolreview_council"),
        ),
        migrations.AddConstraint(
            model_name="toolreview",
            constraint=qaf.tenants.constraints.SameCouncil(
                column="reviewed_by_id",
                name="audits_toolreview_reviewed_by_id_same_council",
                to="tenants_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="toolreview",
            constraint=qaf.tenants.constraints.Trail(name="audits_toolreview_trail"),
        ),
    ]
