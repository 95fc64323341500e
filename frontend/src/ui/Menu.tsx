import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { Button } from "./Button";
import { Icon } from "./Icon";

/** Command is one line of a menu. */
export type Command = { readonly id: string; readonly label: string; readonly run: () => void };

/** Menu is a button that opens a list of commands. */
export function Menu({ label, commands }: { label: string; commands: readonly Command[] }) {
  return (
    <MenuTrigger>
      <Button look="quiet" square aria-label={label}>
        <Icon name="more" />
      </Button>
      <Popover className="popover">
        <AriaMenu className="menu" aria-label={label}>
          {commands.map((command) => (
            <MenuItem className="menu-item" key={command.id} id={command.id} onAction={command.run}>
              {command.label}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
