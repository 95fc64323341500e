import { type EditedFragment, TakeBackIntroduction } from "../../api/generated";
import { type Reverse, reverse } from "../../edit/EditProvider";

/** takeBack makes the edit that takes back the step of an introduction which an edit was, while it is the last. */
export function takeBack({ introduction }: EditedFragment): Reverse | null {
  return (
    introduction &&
    reverse(introduction.id, TakeBackIntroduction, {
      id: introduction.id,
      expectedLastStep: introduction.lastStepAt,
    })
  );
}
