import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";

type Props = AriaButtonProps & {
  /** primary is the one thing to do here; quiet stands among others; danger cannot be undone lightly. */
  look?: "plain" | "primary" | "quiet" | "danger";
  /** As wide as high, for a button that shows only a picture. It then needs an aria-label. */
  square?: boolean;
};

/** Button is every button of Weft. */
export function Button({ look = "plain", square = false, className, ...rest }: Props) {
  const names = typeof className === "string" ? `button ${className}` : "button";
  return <AriaButton {...rest} className={names} data-look={look} data-square={square || undefined} />;
}
