import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from "react";
import { useI18n } from "../i18n/I18n";
import { Button } from "./Button";
import { Icon } from "./Icon";

type Toast = {
  readonly text: string;
  /** Takes back what the toast tells of. A toast that can be undone stays until it is answered. */
  readonly undo?: () => void;
  readonly bad?: boolean;
};

type Shown = Toast & { readonly id: number };

const Context = createContext<(toast: Toast) => void>(() => undefined);

/** useToast gives the function that shows a toast. */
export function useToast(): (toast: Toast) => void {
  return useContext(Context);
}

/** ToastProvider shows the toasts of everything inside it: at most three, the newest last, told to screen readers. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const { t } = useI18n();
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const next = useRef(1);

  const show = useCallback((toast: Toast) => {
    const id = next.current++;
    setShown((before) => [...before.slice(-2), { ...toast, id }]);
  }, []);
  const dismiss = useCallback(
    (id: number) => setShown((before) => before.filter((toast) => toast.id !== id)),
    [],
  );

  return (
    <Context value={show}>
      {children}
      <section className="toasts" aria-label={t("toast.region")} aria-live="polite">
        {shown.map((toast) => (
          <ToastLine key={toast.id} toast={toast} onDone={dismiss} />
        ))}
      </section>
    </Context>
  );
}

function ToastLine({ toast, onDone }: { toast: Shown; onDone: (id: number) => void }) {
  const { t } = useI18n();
  const { id, undo } = toast;
  const passing = !undo && !toast.bad;
  useEffect(() => {
    if (!passing) return;
    const timer = setTimeout(() => onDone(id), 6000);
    return () => clearTimeout(timer);
  }, [passing, id, onDone]);
  return (
    <div className="toast" data-bad={toast.bad || undefined}>
      <span>{toast.text}</span>
      {undo && (
        <Button
          look="quiet"
          onPress={() => {
            onDone(id);
            undo();
          }}
        >
          <Icon name="undo" size={16} />
          {t("action.undo")}
        </Button>
      )}
      <Button look="quiet" square aria-label={t("action.dismiss")} onPress={() => onDone(id)}>
        <Icon name="close" size={16} />
      </Button>
    </div>
  );
}
