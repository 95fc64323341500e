import { type Ref, useEffect, useRef, useState } from "react";
import { useI18n } from "../i18n/I18n";
import { ask } from "../model/view";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { useView } from "../ui/view";

/** AskBox searches: in the directory as one types, from elsewhere on Enter. */
export function AskBox({ ref }: { ref: Ref<HTMLInputElement> }) {
  const { t } = useI18n();
  const { view, look } = useView();
  const [typed, setTyped] = useState(view.text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // Back, Forward and cleared filters change the words from outside.
  useEffect(() => {
    clearTimeout(timer.current);
    setTyped(view.text);
  }, [view.text]);

  const type = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    if (view.screen === "directory")
      timer.current = setTimeout(() => look(ask(text.trimStart()), "refine"), 150);
  };
  const submit = (text: string) => {
    clearTimeout(timer.current);
    look(ask(text.trim()));
  };

  return (
    <search className="ask">
      <Icon name="search" size={18} />
      <input
        ref={ref}
        type="search"
        className="ask-input"
        aria-label={t("ask.label")}
        aria-keyshortcuts="Control+K /"
        placeholder={t("ask.placeholder")}
        title={t("ask.keys")}
        autoComplete="off"
        enterKeyHint="search"
        maxLength={200}
        dir="auto"
        value={typed}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") submit(typed);
          // Down goes into what was found, past the filters.
          if (event.key === "ArrowDown") document.querySelector<HTMLElement>("[data-answers] a")?.focus();
          if (event.key === "Escape" && typed) {
            event.preventDefault();
            type("");
          }
        }}
      />
      {typed && (
        <Button look="quiet" square aria-label={t("ask.clear")} onPress={() => submit("")}>
          <Icon name="close" size={16} />
        </Button>
      )}
    </search>
  );
}
