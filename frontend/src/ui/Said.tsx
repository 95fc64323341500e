import { useI18n } from "../i18n/I18n";
import { type Message, say } from "../i18n/say";
import { type Step, select } from "../model/view";
import { ViewLink } from "./view";

type Props = {
  message: Message;
  /** Where the name of a node leads: to its inspector, unless said otherwise. */
  step?: (id: string) => Step;
};

/** Said says a message of the server in the language in force. Each node it names is a link to that node. */
export function Said({ message, step = select }: Props) {
  const i18n = useI18n();
  return say(i18n, message).map((part, at) =>
    typeof part === "string" ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence are known by their place
      <ViewLink key={at} className="said" step={step(part.id)}>
        <bdi>{part.name}</bdi>
      </ViewLink>
    ),
  );
}
