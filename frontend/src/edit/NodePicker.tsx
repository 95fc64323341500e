import { useEffect, useRef, useState } from "react";
import {
  Button as AriaButton,
  ComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
} from "react-aria-components";
import { useQuery } from "../api/ApiProvider";
import { Candidates, type CandidatesQuery, Named } from "../api/generated";
import { useI18n } from "../i18n/I18n";
import type { NodeKind } from "../model/kinds";
import { holds } from "../model/marks";
import { Chip } from "../ui/Chip";
import { Icon } from "../ui/Icon";
import { KindMark } from "../ui/KindMark";

/** Picked is a node that was chosen. */
export type Picked = Pick<CandidatesQuery["search"]["nodes"][number]["node"], "id" | "kind" | "name">;

type Props = {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** Only nodes of these kinds; all when empty. */
  kinds: readonly NodeKind[];
  /** A node that cannot be chosen. */
  except?: string | undefined;
  value: Picked | null;
  onChange: (picked: Picked | null) => void;
};

/** NodePicker finds a node as one types its name, in any script and with typing mistakes. */
export function NodePicker({ label, hint, error, kinds, except, value, onChange }: Props) {
  const { t, language } = useI18n();
  const [text, setText] = useState(value?.name ?? "");
  const asked = value && text === value.name ? "" : text;
  const { data, loading } = useQuery(Candidates, {
    text: asked,
    filter: kinds.length > 0 ? { kinds: [...kinds] } : null,
    language,
  });
  // What is chosen or let go elsewhere, such as by Back, is shown here too; what is being typed here stays.
  const known = useRef(value?.id ?? null);
  const { id = null, name = "" } = value ?? {};
  useEffect(() => {
    if (id !== known.current) setText(name);
    else if (id) setText((typed) => typed || name);
    known.current = id;
  }, [id, name]);
  const choose = (picked: Picked | null) => {
    known.current = picked?.id ?? null;
    onChange(picked);
  };
  // Until the answer is there, those found for less stay only if they hold what is typed by now: who types fast and
  // presses Enter must not get another than the one named.
  const others = (data?.search.nodes ?? [])
    .map(({ node }) => node)
    .filter((node) => !loading || holds(node.name, asked));
  const found = [
    // Without what is chosen in it the list would open again whenever it is left.
    ...(value ? [{ ...value, name: text, place: "" }] : []),
    ...others.filter((node) => node.id !== except && node.id !== id),
  ];
  return (
    <ComboBox
      className="form-field"
      data-wide
      items={found}
      inputValue={text}
      onInputChange={(typed) => {
        setText(typed);
        if (value && typed !== value.name) choose(null);
      }}
      value={value?.id ?? null}
      onChange={(id) => {
        const node = found.find((other) => other.id === id);
        if (!node) return;
        setText(node.name);
        choose(node);
      }}
      isInvalid={error !== undefined}
      menuTrigger="input"
      allowsEmptyCollection
    >
      <Label className="field-label">{label}</Label>
      <span className="picker">
        <Input className="input" dir="auto" autoComplete="off" />
        <AriaButton className="picker-open">
          <Icon name="chevron" size={14} />
        </AriaButton>
      </span>
      {hint && <p className="field-hint">{hint}</p>}
      {error && <p className="field-error">{error}</p>}
      <Popover className="popover">
        <ListBox<Picked & { place: string }>
          className="menu picker-list"
          renderEmptyState={() => (
            <p className="picker-none">{t(loading ? "state.loading" : "directory.emptyTitle")}</p>
          )}
        >
          {(node) => (
            <ListBoxItem className="menu-item" id={node.id} textValue={node.name}>
              <KindMark kind={node.kind} />
              <bdi>{node.name}</bdi>
              <span className="picker-fact">
                {t(`kind.${node.kind}`)}
                {node.place && (
                  <>
                    {" · "}
                    <bdi>{node.place}</bdi>
                  </>
                )}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

type ManyProps = Pick<Props, "label" | "error" | "kinds"> & {
  value: readonly string[];
  onChange: (ids: readonly string[]) => void;
};

/** NodesPicker finds any number of nodes, such as the sources of a tie. */
export function NodesPicker({ label, error, kinds, value, onChange }: ManyProps) {
  const { language } = useI18n();
  // Names of what was there at first come from the server, of what is added from the search.
  const [added, setAdded] = useState<readonly Picked[]>([]);
  const [round, setRound] = useState(0);
  const { data } = useQuery(Named, value.length > 0 ? { ids: [...value], language } : null);
  const names = new Map(
    [...(data?.nodes ?? []), ...added].flatMap((node) => (node ? [[node.id, node.name]] : [])),
  );
  return (
    <div className="form-field" data-wide>
      <NodePicker
        // A new one after every choice, empty and ready for the next.
        key={round}
        label={label}
        error={error}
        kinds={kinds}
        value={null}
        onChange={(picked) => {
          if (!picked) return;
          setAdded([...added, picked]);
          setRound(round + 1);
          if (!value.includes(picked.id)) onChange([...value, picked.id]);
        }}
      />
      {value.length > 0 && (
        <ul className="chips">
          {value.map((id) => (
            <li key={id}>
              <Chip
                name={names.get(id) ?? "…"}
                onRemove={() => onChange(value.filter((other) => other !== id))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
