// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The values of journal and history as JSON and back. Canonical: equal values give equal bytes.
 * Reading what this version does not write is an {@link IllegalArgumentException}.
 */
final class JournalCodec {
  private JournalCodec() {}

  static ObjectNode write(HistoryEntry entry) {
    ObjectNode node = ChecksummedLine.object();
    node.put("entry", entry.entry());
    node.put("time", entry.time().toString());
    writeEvent(node, entry.event());
    entry.components().ifPresent(it -> node.set("components", write(it)));
    node.put("prev", entry.previous().hex());
    return node;
  }

  static HistoryEntry readEntry(Fields in) {
    return new HistoryEntry(
        in.number("entry"),
        in.instant("time"),
        readEvent(in),
        in.optional("components", JournalCodec::readComponents),
        in.digest("prev"));
  }

  private static void writeEvent(ObjectNode node, HistoryEvent event) {
    node.put("what", event.what());
    node.put("deployment", event.deployment());
    node.put("component", event.component());
    event.from().ifPresent(it -> node.set("from", write(it)));
    event.to().ifPresent(it -> node.set("to", write(it)));
    node.put("why", event.why());
    event.by().ifPresent(it -> node.set("by", write(it)));
  }

  private static HistoryEvent readEvent(Fields in) {
    return new HistoryEvent(
        in.text("what"),
        in.text("deployment"),
        in.text("component"),
        in.optional("from", JournalCodec::readRelease),
        in.optional("to", JournalCodec::readRelease),
        in.text("why"),
        in.optional("by", JournalCodec::readInitiator));
  }

  static void write(ObjectNode node, JournalPage page) {
    node.set("components", write(page.components()));
    page.current().ifPresent(it -> node.set("current", write(it)));
    node.set("unacknowledged", list(page.unacknowledged(), JournalCodec::write));
    ArrayNode seen = node.putArray("seen");
    page.seen().forEach(seen::add);
  }

  static JournalPage readPage(Fields in) {
    return new JournalPage(
        in.object("components", JournalCodec::readComponents),
        in.optional("current", JournalCodec::readProgress),
        in.list("unacknowledged", JournalCodec::readOutcome),
        in.texts("seen"));
  }

  private static ObjectNode write(Components components) {
    ObjectNode node = ChecksummedLine.object();
    node.set("list", list(new TreeMap<>(components.byName()).values(), JournalCodec::write));
    return node;
  }

  private static Components readComponents(Fields in) {
    return new Components(
        in.list("list", JournalCodec::readComponent).stream()
            .collect(Collectors.toMap(Component::name, Function.identity())));
  }

  private static ObjectNode write(Component component) {
    ObjectNode node = ChecksummedLine.object();
    node.put("name", component.name().text());
    component.active().ifPresent(it -> node.set("active", write(it)));
    node.set("previous", list(component.previous(), JournalCodec::write));
    node.set("rejected", list(component.rejected(), JournalCodec::write));
    return node;
  }

  private static Component readComponent(Fields in) {
    return new Component(
        ComponentName.of(in.text("name")),
        in.optional("active", JournalCodec::readInstalled),
        in.list("previous", JournalCodec::readInstalled),
        in.list("rejected", JournalCodec::readRejected));
  }

  private static ObjectNode write(Installed installed) {
    ObjectNode node = ChecksummedLine.object();
    node.set("release", write(installed.release()));
    writeObjects(node, installed.objects());
    SuiteCodec.writeMembers(node, installed.members());
    return node;
  }

  private static Installed readInstalled(Fields in) {
    return new Installed(
        in.object("release", JournalCodec::readRelease),
        readObjects(in),
        SuiteCodec.readMembers(in));
  }

  private static ObjectNode write(Rejected rejected) {
    ObjectNode node = ChecksummedLine.object();
    node.set("release", write(rejected.release()));
    return node.put("reason", rejected.reason());
  }

  private static Rejected readRejected(Fields in) {
    return new Rejected(in.object("release", JournalCodec::readRelease), in.text("reason"));
  }

  private static ObjectNode write(Progress progress) {
    ObjectNode node = ChecksummedLine.object();
    node.set("deployment", write(progress.deployment()));
    node.put("state", progress.state().text());
    node.put("starts", progress.starts());
    SuiteCodec.writeNeeds(node, progress);
    return node.put("reason", progress.reason());
  }

  private static Progress readProgress(Fields in) {
    Deployment deployment = in.object("deployment", JournalCodec::readDeployment);
    return new Progress(
        deployment,
        constant(UpdateState.class, in.text("state")),
        in.count("starts"),
        SuiteCodec.readNeeds(in, deployment),
        in.text("reason"));
  }

  private static ObjectNode write(Deployment deployment) {
    ObjectNode node = ChecksummedLine.object();
    node.put("id", deployment.id());
    node.put("kind", text(deployment.kind()));
    node.put("component", deployment.component().text());
    deployment.from().ifPresent(it -> node.set("from", write(it)));
    node.set("to", write(deployment.to()));
    node.set("initiator", write(deployment.initiator()));
    deployment.notAfter().ifPresent(it -> node.put("not-after", it.toString()));
    SuiteCodec.writeMoves(node, deployment.members());
    return node;
  }

  private static Deployment readDeployment(Fields in) {
    return new Deployment(
        in.text("id"),
        constant(Deployment.Kind.class, in.text("kind")),
        ComponentName.of(in.text("component")),
        in.optional("from", JournalCodec::readRelease),
        in.object("to", JournalCodec::readRelease),
        in.object("initiator", JournalCodec::readInitiator),
        in.optionalInstant("not-after"),
        SuiteCodec.readMoves(in));
  }

  private static ObjectNode write(Outcome outcome) {
    ObjectNode node = ChecksummedLine.object();
    node.put("deployment", outcome.deployment());
    node.put("component", outcome.component().text());
    node.put("state", outcome.state().text());
    outcome.from().ifPresent(it -> node.set("from", write(it)));
    node.set("to", write(outcome.to()));
    node.set("initiator", write(outcome.initiator()));
    node.put("reason", outcome.reason());
    return node.put("at", outcome.at().toString());
  }

  private static Outcome readOutcome(Fields in) {
    return new Outcome(
        in.text("deployment"),
        ComponentName.of(in.text("component")),
        constant(UpdateState.class, in.text("state")),
        in.optional("from", JournalCodec::readRelease),
        in.object("to", JournalCodec::readRelease),
        in.object("initiator", JournalCodec::readInitiator),
        in.text("reason"),
        in.instant("at"));
  }

  static ObjectNode write(Release release) {
    return ChecksummedLine.object()
        .put("manifest", release.manifest().hex())
        .put("version", release.version());
  }

  static Release readRelease(Fields in) {
    return new Release(in.digest("manifest"), in.text("version"));
  }

  private static ObjectNode write(Initiator initiator) {
    return ChecksummedLine.object()
        .put("kind", text(initiator.kind()))
        .put("reference", initiator.reference())
        .put("by", initiator.by());
  }

  private static Initiator readInitiator(Fields in) {
    return new Initiator(
        constant(Initiator.Kind.class, in.text("kind")), in.text("reference"), in.text("by"));
  }

  static void writeObjects(ObjectNode node, Set<Digest> objects) {
    ArrayNode list = node.putArray("objects");
    objects.stream().map(Digest::hex).sorted().forEach(list::add);
  }

  static Set<Digest> readObjects(Fields in) {
    return in.texts("objects").stream().map(Digest::ofHex).collect(Collectors.toSet());
  }

  static <T> ArrayNode list(Collection<T> items, Function<T, ObjectNode> writer) {
    ArrayNode list = ChecksummedLine.object().arrayNode();
    items.stream().map(writer).forEach(list::add);
    return list;
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text) {
    return Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
