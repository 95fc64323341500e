import { useMemo, useState } from "react";
import { Collection, type Key, Tree, TreeItem, TreeItemContent } from "react-aria-components";
import { useI18n } from "../../i18n/I18n";
import type { Network } from "../../model/network";
import { type OutlineItem, outline } from "../../model/outline";
import { collapse, expand, explore, openProfile, select } from "../../model/view";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { KindMark } from "../../ui/KindMark";
import { type Command, Menu } from "../../ui/Menu";
import { useView } from "../../ui/view";

type Props = {
  network: Network;
  roots: readonly string[];
  /** The node pointed at on the canvas. */
  pointed: string | null;
  onPoint: (id: string | null) => void;
};

/**
 * Outline is the canvas as text: the same nodes and ties as a tree, with every command the canvas has.
 * Arrows walk, Right opens, Left closes, Enter selects.
 */
export function Outline({ network, roots, pointed, onPoint }: Props) {
  const { t } = useI18n();
  const { view, look } = useView();
  const items = useMemo(() => outline(network, roots), [network, roots]);
  const index = useMemo(() => indexOf(items), [items]);
  // Everything is open at first; what a person closes stays closed.
  const [closed, setClosed] = useState<ReadonlySet<Key>>(new Set());
  const open = [...index.keys()].filter((key) => !closed.has(key) && index.get(key)!.children.length > 0);
  const chosen = view.selected
    ? [...index].find(([, item]) => item.type === "node" && network.ids[item.row] === view.selected)?.[0]
    : undefined;

  const change = (keys: Set<Key>) => {
    for (const key of keys) {
      const item = index.get(String(key));
      // Opening a node that has not been opened yet asks for its neighbourhood.
      if (item?.type === "node" && item.children.length === 0) look(expand(network.ids[item.row]!));
    }
    setClosed(
      new Set([...index.keys()].filter((key) => index.get(key)!.children.length > 0 && !keys.has(key))),
    );
  };

  const activate = (key: Key) => {
    const item = index.get(String(key));
    if (item?.type === "node") look(select(network.ids[item.row]!));
  };

  return (
    <Tree
      className="outline"
      aria-label={t("explorer.outlineLabel")}
      items={items}
      selectionMode="single"
      selectionBehavior="replace"
      selectedKeys={chosen ? [chosen] : []}
      onSelectionChange={(keys) => keys !== "all" && [...keys].slice(0, 1).forEach(activate)}
      expandedKeys={open}
      onExpandedChange={change}
    >
      {(item) => <Line item={item} network={network} roots={roots} pointed={pointed} onPoint={onPoint} />}
    </Tree>
  );
}

function Line({
  item,
  network,
  roots,
  pointed,
  onPoint,
}: Omit<Props, "roots"> & { item: OutlineItem; roots: readonly string[] }) {
  const { t } = useI18n();
  const { look } = useView();
  const node = item.type === "node" ? item : null;
  const id = node && network.ids[node.row]!;
  const label =
    item.type === "group" ? t(`${item.out ? "out" : "in"}.${item.kind}`) : network.names[item.row]!;
  const unopened = id !== null && !roots.includes(id) && network.ties[node!.row]! > 1;
  const ended = node && node.link !== null && network.links.ended[node.link];
  const state = node && node.link !== null ? network.links.state[node.link]! : null;

  const commands: Command[] = id
    ? [
        { id: "profile", label: t("action.profile"), run: () => look(openProfile(id)) },
        roots.includes(id)
          ? { id: "collapse", label: t("action.collapse"), run: () => look(collapse(id)) }
          : { id: "expand", label: t("action.expand"), run: () => look(expand(id)) },
        { id: "explore", label: t("action.explore"), run: () => look(explore(id)) },
      ]
    : [];

  return (
    <TreeItem
      id={item.key}
      textValue={label}
      className="outline-item"
      data-type={item.type}
      data-pointed={(id !== null && id === pointed) || undefined}
      hasChildItems={item.children.length > 0 || unopened}
      onHoverStart={() => onPoint(id)}
      onHoverEnd={() => onPoint(null)}
    >
      <TreeItemContent>
        {({ hasChildItems }) => (
          <div className="outline-line">
            {hasChildItems ? (
              <Button slot="chevron" look="quiet" className="outline-chevron">
                <Icon name="chevron" size={14} />
              </Button>
            ) : (
              <span className="outline-chevron" />
            )}
            {node && <KindMark kind={network.kinds[node.row]!} />}
            <span className="outline-label" dir={node ? "auto" : undefined}>
              <bdi>
                {item.type === "group" ? t("explorer.group", { label, count: item.children.length }) : label}
              </bdi>
            </span>
            {node && (
              <>
                <span className="visually-hidden">{t(`kind.${network.kinds[node.row]!}`)}</span>
                {ended ? (
                  <span className="outline-note">{t("state.ended")}</span>
                ) : (
                  state &&
                  state !== "CONFIRMED" && <span className="outline-note">{t(`state.${state}`)}</span>
                )}
                <Menu label={t("action.more", { name: label })} commands={commands} />
              </>
            )}
          </div>
        )}
      </TreeItemContent>
      <Collection items={item.children as readonly OutlineItem[]}>
        {(child) => <Line item={child} network={network} roots={roots} pointed={pointed} onPoint={onPoint} />}
      </Collection>
    </TreeItem>
  );
}

function indexOf(
  items: readonly OutlineItem[],
  index = new Map<string, OutlineItem>(),
): ReadonlyMap<string, OutlineItem> {
  for (const item of items) {
    index.set(item.key, item);
    indexOf(item.children, index);
  }
  return index;
}
