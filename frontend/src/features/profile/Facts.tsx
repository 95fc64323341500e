import { useMemo } from "react";
import { useCatalogue } from "../../api/CatalogueProvider";
import type { ProfileQuery } from "../../api/generated";
import { useI18n } from "../../i18n/I18n";
import { fieldName, word } from "../../i18n/words";
import { type FieldInfo, isFilled, itemsOf, type Row, readValues } from "../../model/form";
import { openProfile, select } from "../../model/view";
import { VisibilityBadge } from "../../ui/Badge";
import { useView, ViewLink } from "../../ui/view";

type Subject = NonNullable<ProfileQuery["node"]>;
type Props = { node: Subject; place: "page" | "inspector" };

/** What has a place of its own on the profile. */
const told = new Set([
  "name",
  "otherNames",
  "translations",
  "summary",
  "place",
  "visibility",
  "scopes",
  "sources",
  "web",
  "contactPoints",
  "latitude",
  "longitude",
]);

/** Facts tells every field that is filled in, as the catalogue describes it. */
export function Facts({ node, place }: Props) {
  const { t, date, number } = useI18n();
  const catalogue = useCatalogue();
  const info = catalogue?.nodeKinds.find(({ kind }) => kind === node.kind);
  const items = useMemo(
    () =>
      itemsOf(info?.fields ?? []).filter(
        (item) => !told.has(item.type === "field" ? item.field.path : item.name),
      ),
    [info],
  );
  const values = readValues(items, node, node.kind);
  const Title = place === "page" ? "h2" : "h3";

  const say = (field: FieldInfo, value: unknown): string => {
    if (value === true) return t("boolean.true");
    if (Array.isArray(value)) return value.map((one) => say(field, one)).join(" · ");
    const text = String(value);
    if (field.vocabulary) return word(t, field.vocabulary.name, text);
    if (field.type === "DATE") return date(text);
    if (field.type === "INTEGER" || field.type === "NUMBER") return number(Number(text));
    return text.split("\n").join(" · ");
  };

  const lines = items.flatMap((item) => {
    const name = item.type === "field" ? item.field.path : item.name;
    const value = values[name];
    // A count of nought says nothing; neither do ids, which are told as names elsewhere.
    if (!isFilled(value) || value === "0") return [];
    if (item.type === "field")
      return item.field.type === "REF" ? [] : [{ name, texts: [say(item.field, value)] }];
    const texts = (value as readonly Row[]).map((row) =>
      item.fields
        .filter(({ path, type }) => type !== "REF" && isFilled(row[path]))
        .map((field) => say({ ...field, list: false }, row[field.path]))
        .join(" · "),
    );
    return [{ name, texts }];
  });
  if (lines.length === 0) return null;
  return (
    <section className="profile-section" aria-label={t("profile.facts")}>
      <Title>{t("profile.facts")}</Title>
      <dl className="facts">
        {lines.map(({ name, texts }) => (
          <div key={name} className="fact">
            <dt>{fieldName(t, name, node.kind)}</dt>
            {texts.map((text) => (
              <dd key={text}>
                <bdi>{text}</bdi>
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Contact tells how to reach the node, as far as the viewer may know, each with who else does. */
export function Contact({ node, place }: Props) {
  const { t } = useI18n();
  const points = "contactPoints" in node ? node.contactPoints : [];
  const Title = place === "page" ? "h2" : "h3";
  if (points.length === 0 && node.web.length === 0) return null;
  return (
    <section className="profile-section" aria-label={t("profile.contact")}>
      <Title>{t("profile.contact")}</Title>
      <dl className="facts">
        {points.map((point) => (
          <div key={`${point.kind} ${point.value}`} className="fact">
            <dt>{point.kind ? word(t, "ContactKind", point.kind) : t("profile.contact")}</dt>
            <dd>
              <Reach kind={point.kind} value={point.value} />{" "}
              {point.visibility && <VisibilityBadge visibility={point.visibility} />}
            </dd>
            {point.note && (
              <dd className="fact-note">
                <bdi>{point.note}</bdi>
              </dd>
            )}
          </div>
        ))}
        {node.web.length > 0 && (
          <div className="fact">
            <dt>{t("profile.web")}</dt>
            {node.web.map((address) => (
              <dd key={address}>
                <Outward address={address} />
              </dd>
            ))}
          </div>
        )}
      </dl>
    </section>
  );
}

function Reach({ kind, value }: { kind: string | null; value: string }) {
  if (kind === "EMAIL") return <a href={`mailto:${encodeURIComponent(value)}`}>{value}</a>;
  if (kind === "PHONE")
    return (
      <a href={`tel:${value.replace(/[^\d+]/g, "")}`} dir="ltr">
        {value}
      </a>
    );
  return <Outward address={value} />;
}

/** Outward is a link that leaves Weft, if it is one to the web, and tells the other side nothing of where it came from. */
function Outward({ address }: { address: string }) {
  if (!/^https?:\/\//i.test(address)) return <bdi>{address}</bdi>;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer">
      <bdi>{address.replace(/^https?:\/\//i, "")}</bdi>
    </a>
  );
}

/** Sources tells what the record rests on. */
export function Sources({ node, place }: Props) {
  const { t, date } = useI18n();
  const { view } = useView();
  const Title = place === "page" ? "h2" : "h3";
  return (
    <section className="profile-section" aria-label={t("profile.sources")}>
      <Title>{t("profile.sources")}</Title>
      {node.sources.length === 0 && <p className="profile-none">{t("profile.noSources")}</p>}
      <ul className="sources">
        {node.sources.map((source) => (
          <li key={source.id}>
            <ViewLink step={view.screen === "profile" ? openProfile(source.id) : select(source.id)}>
              <bdi>{source.title || source.name}</bdi>
            </ViewLink>
            <span className="fact-note">
              {source.publisher && <bdi>{source.publisher}</bdi>}
              {source.published && ` · ${date(source.published)}`}
              {source.reliability &&
                ` · ${t("field.reliability")}: ${word(t, "Reliability", source.reliability)}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
