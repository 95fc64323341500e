import { useState } from "react";
import { useQuery } from "../api/ApiProvider";
import { NodeRecord, RecordMeasurement, RecordReading, type RecordReadingInput } from "../api/generated";
import { useI18n } from "../i18n/I18n";
import { fieldName } from "../i18n/words";
import type { Failure } from "../model/failure";
import { ChoiceField, DateField, TextField } from "../ui/Field";
import { Skeleton } from "../ui/States";
import { EditDialog, missing } from "./EditDialog";
import type { Send } from "./EditProvider";
import { NodePicker, type Picked } from "./NodePicker";

type Shared = { name: string; today: string; send: Send; onClose: () => void };

const powers = ["1", "2", "3", "4", "5"].map((value) => ({ value, label: value }));

/** A number as one reads it in a form: a whole one, or none. */
const whole = (text: string) => (text === "" ? null : Number(text));

/** What went wrong with one part of what is recorded, or nothing. */
const at = (failure: Failure | null, part: string) =>
  failure?.field?.split(".").at(-1) === part ? failure.message : undefined;

/** The source that what is recorded rests on. */
function SourcePicker(props: { value: Picked | null; onChange: (source: Picked | null) => void }) {
  const { t } = useI18n();
  return <NodePicker label={fieldName(t, "measurements.source")} kinds={["Source"]} {...props} />;
}

/** ReadingDialog records how much power a target has and where it stands, as of a day and on a source. */
export function ReadingDialog({ link, name, today, send, onClose }: Shared & { link: string }) {
  const { t, number } = useI18n();
  const [date, setDate] = useState(today);
  const [power, setPower] = useState("");
  const [stance, setStance] = useState("");
  const [source, setSource] = useState<Picked | null>(null);
  const stances = [-2, -1, 0, 1, 2].map((value) => ({
    value: String(value),
    label: `${number(value)} · ${t(`reading.stance.${value as -2 | -1 | 0 | 1 | 2}`)}`,
  }));
  return (
    <EditDialog
      title={t("reading.title", { name })}
      action={t("contact.action")}
      onClose={onClose}
      placed={(failure) => ["date", "power", "stance"].some((part) => at(failure, part))}
      onSubmit={async (intent) => {
        if (date.trim() === "") return missing("date", t("form.missing"));
        if (power === "" && stance === "") return missing("power", t("reading.nothing"));
        const reading: RecordReadingInput["reading"] = {
          date: date.trim(),
          power: whole(power),
          stance: whole(stance),
          source: source?.id ?? null,
        };
        return send(RecordReading, { link, reading }, t("reading.done", { name }), intent);
      }}
    >
      {(failure) => (
        <>
          <DateField
            label={t("field.date")}
            value={date}
            onChange={setDate}
            autoFocus
            error={at(failure, "date")}
          />
          <ChoiceField
            label={t("reading.power")}
            value={power}
            options={powers}
            optional
            onChange={setPower}
            error={at(failure, "power")}
          />
          <ChoiceField
            label={t("reading.stance")}
            value={stance}
            options={stances}
            optional
            onChange={setStance}
            error={at(failure, "stance")}
          />
          <SourcePicker value={source} onChange={setSource} />
        </>
      )}
    </EditDialog>
  );
}

/** MeasurementDialog records how far a campaign is by one of its indicators. */
export function MeasurementDialog({ campaign, name, today, send, onClose }: Shared & { campaign: string }) {
  const { t, language } = useI18n();
  const { data } = useQuery(NodeRecord, { id: campaign, language }, "once");
  const indicators =
    data?.node && "indicators" in data.node ? data.node.indicators.map((one) => one.name) : null;
  const [chosen, setChosen] = useState("");
  const [date, setDate] = useState(today);
  const [value, setValue] = useState("");
  const [source, setSource] = useState<Picked | null>(null);
  const indicator = chosen || indicators?.[0] || "";
  return (
    <EditDialog
      title={t("measurement.title", { name })}
      action={t("contact.action")}
      onClose={onClose}
      placed={(failure) => ["date", "value"].some((part) => at(failure, part))}
      onSubmit={async (intent) => {
        const read = Number(value.trim().replace(",", "."));
        if (date.trim() === "") return missing("date", t("form.missing"));
        if (value.trim() === "" || !Number.isFinite(read)) return missing("value", t("measurement.number"));
        return send(
          RecordMeasurement,
          {
            campaign,
            measurement: { indicator, date: date.trim(), value: read, source: source?.id ?? null },
          },
          t("reading.done", { name }),
          intent,
        );
      }}
    >
      {(failure) =>
        indicators === null ? (
          <Skeleton lines={4} />
        ) : indicators.length === 0 ? (
          <p className="edit-note">{t("measurement.none")}</p>
        ) : (
          <>
            <ChoiceField
              label={fieldName(t, "measurements.indicator")}
              wide
              value={indicator}
              options={indicators.map((one) => ({ value: one, label: one }))}
              onChange={setChosen}
            />
            <DateField label={t("field.date")} value={date} onChange={setDate} error={at(failure, "date")} />
            <TextField
              label={fieldName(t, "measurements.value")}
              value={value}
              onChange={setValue}
              inputMode="decimal"
              error={at(failure, "value")}
            />
            <SourcePicker value={source} onChange={setSource} />
          </>
        )
      }
    </EditDialog>
  );
}
