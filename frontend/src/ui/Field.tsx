import { type InputHTMLAttributes, type ReactNode, useId } from "react";
import { useI18n } from "../i18n/I18n";

/** About is what every field of a form has around its control. */
type About = {
  label: string;
  /** How to fill it in, where that is not plain. */
  hint?: string | undefined;
  /** What is wrong with what was filled in. */
  error?: string | undefined;
};

type Named = { id: string; "aria-describedby"?: string; "aria-invalid"?: true };

/** Field stands around one control: its label above, a hint and what is wrong below. */
export function Field({
  label,
  hint,
  error,
  wide,
  children,
}: About & { wide?: boolean; children: (named: Named) => ReactNode }) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="form-field" data-wide={wide || undefined}>
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        ...(described ? { "aria-describedby": described } : {}),
        ...(error ? { "aria-invalid": true as const } : {}),
      })}
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

type TextProps = About & {
  value: string;
  onChange: (value: string) => void;
  /** Several lines. */
  long?: boolean;
  wide?: boolean;
  inputMode?: InputHTMLAttributes<HTMLInputElement>["inputMode"];
  autoFocus?: boolean;
  required?: boolean;
};

/** TextField takes text of any script, a number, or a date whose month and day may be unknown. */
export function TextField({
  value,
  onChange,
  long = false,
  wide = long,
  inputMode,
  autoFocus = false,
  required = false,
  ...about
}: TextProps) {
  return (
    <Field {...about} wide={wide}>
      {(named) =>
        long ? (
          <textarea
            {...named}
            className="input"
            rows={3}
            dir="auto"
            // biome-ignore lint/a11y/noAutofocus: the first field of a dialog that was just asked for
            autoFocus={autoFocus}
            aria-required={required || undefined}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <input
            {...named}
            className="input"
            type="text"
            dir="auto"
            autoComplete="off"
            inputMode={inputMode}
            // biome-ignore lint/a11y/noAutofocus: the first field of a dialog that was just asked for
            autoFocus={autoFocus}
            aria-required={required || undefined}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}

/** DateField takes a date of which the month or day may be unknown, as 2019, 2019-05 or 2019-05-04. */
export function DateField(props: Omit<TextProps, "hint" | "inputMode" | "long">) {
  const { t } = useI18n();
  return <TextField {...props} hint={t("form.dateHint")} inputMode="numeric" />;
}

type ChoiceProps = About & {
  value: string;
  options: readonly { readonly value: string; readonly label: string }[];
  onChange: (value: string) => void;
  /** Whether to choose nothing is a choice. */
  optional?: boolean;
  wide?: boolean;
};

/** ChoiceField takes one of few. */
export function ChoiceField({
  value,
  options,
  onChange,
  optional = false,
  wide = false,
  ...about
}: ChoiceProps) {
  const { t } = useI18n();
  return (
    <Field {...about} wide={wide}>
      {(named) => (
        <select
          {...named}
          className="select"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {optional && <option value="">{t("form.none")}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** SwitchField takes yes or no. */
export function SwitchField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: boolean;
  onChange: (value: boolean) => void;
}) {
  const id = useId();
  return (
    <label className="check" htmlFor={id}>
      <input id={id} type="checkbox" checked={value} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}

type ManyProps = About & {
  value: readonly string[];
  options: readonly { readonly value: string; readonly label: string }[];
  onChange: (value: readonly string[]) => void;
};

/** ManyField takes any of few. */
export function ManyField({ label, hint, error, value, options, onChange }: ManyProps) {
  return (
    <fieldset className="form-field" data-wide>
      <legend className="field-label">{label}</legend>
      <div className="checks">
        {options.map((option) => (
          <SwitchField
            key={option.value}
            label={option.label}
            value={value.includes(option.value)}
            onChange={(on) =>
              onChange(on ? [...value, option.value] : value.filter((other) => other !== option.value))
            }
          />
        ))}
      </div>
      {hint && <p className="field-hint">{hint}</p>}
      {error && <p className="field-error">{error}</p>}
    </fieldset>
  );
}
