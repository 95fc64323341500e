import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useI18n } from "../i18n/I18n";
import { Button } from "./Button";
import { Icon } from "./Icon";

type Props = { title: string; open: boolean; onClose: () => void; children: ReactNode; foot?: ReactNode };

/** Dialog asks for one thing and holds the focus until it is answered or closed. */
export function Dialog({ title, open, onClose, children, foot }: Props) {
  const { t } = useI18n();
  return (
    <ModalOverlay className="veil" isOpen={open} onOpenChange={(now) => !now && onClose()} isDismissable>
      <Modal className="modal">
        <AriaDialog className="dialog">
          <div className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <Button look="quiet" square aria-label={t("action.close")} onPress={onClose}>
              <Icon name="close" />
            </Button>
          </div>
          {children}
          {foot && <div className="dialog-foot">{foot}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
