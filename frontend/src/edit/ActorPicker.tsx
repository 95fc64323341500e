import { useQuery } from "../api/ApiProvider";
import { Named } from "../api/generated";
import { useI18n } from "../i18n/I18n";
import { NodePicker } from "./NodePicker";

type Props = {
  label: string;
  /** Who is chosen, by id. */
  value: string | null;
  onChange: (id: string | null) => void;
};

/** ActorPicker chooses who a list is about, or anybody. */
export function ActorPicker({ label, value, onChange }: Props) {
  const { language } = useI18n();
  const { data } = useQuery(Named, value ? { ids: [value], language } : null);
  const node = data?.nodes.find((one) => one?.id === value);
  return (
    <NodePicker
      label={label}
      kinds={["Organization", "Individual", "Coalition"]}
      value={value ? (node ?? { id: value, kind: "Organization", name: "" }) : null}
      onChange={(picked) => {
        if (picked || value) onChange(picked?.id ?? null);
      }}
    />
  );
}
