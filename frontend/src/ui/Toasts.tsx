import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from "react";
import { useI18n } from "../i18n/I18n";
import { Button } from "./Button";
import { Icon } from "./Icon";

type Toast = {
  /** What it is about: a toast takes the place of the one before it about the same. */
  readonly key?: string;
  readonly text: string;
  /** What one may want to do about it, such as to undo it. A toast with something to do stays until it is answered. */
  readonly act?: { readonly label: string; readonly run: () => void };
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
    setShown((before) => [
      ...before.filter(({ key }) => key === undefined || key !== toast.key).slice(-2),
      { ...toast, id },
    ]);
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
  const { id, act } = toast;
  const passing = !act && !toast.bad;
  useEffect(() => {
    if (!passing) return;
    const timer = setTimeout(() => onDone(id), 6000);
    return () => clearTimeout(timer);
  }, [passing, id, onDone]);
  return (
    <div className="toast" data-bad={toast.bad || undefined}>
      <span>{toast.text}</span>
      {act && (
        <Button
          look="quiet"
          onPress={() => {
            onDone(id);
            act.run();
          }}
        >
          <Icon name="undo" size={16} />
          {act.label}
        </Button>
      )}
      <Button look="quiet" square aria-label={t("action.dismiss")} onPress={() => onDone(id)}>
        <Icon name="close" size={16} />
      </Button>
    </div>
  );
}
