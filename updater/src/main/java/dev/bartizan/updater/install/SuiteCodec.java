// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What journal and history say of suites. Single components are written without any of it, so that
 * a version of the agent that knows no suites reads a journal in which there are none.
 */
final class SuiteCodec {
  private static final String MEMBERS = "members";
  private static final String MOVES = "moves";
  private static final String MOVES_NEED = "moves-need";

  private SuiteCodec() {}

  static void writeMembers(ObjectNode node, Map<ComponentName, Release> members) {
    if (!members.isEmpty()) {
      node.set(
          MEMBERS,
          JournalCodec.list(
              members.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList(),
              it -> named(it.getKey(), "release", it.getValue())));
    }
  }

  static Map<ComponentName, Release> readMembers(Fields in) {
    return list(in, MEMBERS, SuiteCodec::readMember).stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Map.Entry<ComponentName, Release> readMember(Fields in) {
    return Map.entry(
        ComponentName.of(in.text("component")), in.object("release", JournalCodec::readRelease));
  }

  static void writeMoves(ObjectNode node, List<SuiteMember> members) {
    if (!members.isEmpty()) {
      node.set(MOVES, JournalCodec.list(members, SuiteCodec::write));
    }
  }

  static List<SuiteMember> readMoves(Fields in) {
    return list(in, MOVES, SuiteCodec::readMove);
  }

  private static ObjectNode write(SuiteMember member) {
    ObjectNode node = named(member.component(), "to", member.to());
    member.from().ifPresent(it -> node.set("from", JournalCodec.write(it)));
    return node;
  }

  private static SuiteMember readMove(Fields in) {
    return new SuiteMember(
        ComponentName.of(in.text("component")),
        in.optional("from", JournalCodec::readRelease),
        in.object("to", JournalCodec::readRelease));
  }

  static void writeNeeds(ObjectNode node, Progress progress) {
    ComponentName component = progress.deployment().component();
    Map<ComponentName, Set<Digest>> required = progress.required().byComponent();
    JournalCodec.writeObjects(node, progress.required().of(component));
    List<ComponentName> members =
        required.keySet().stream().filter(it -> !it.equals(component)).sorted().toList();
    if (!members.isEmpty()) {
      node.set(MOVES_NEED, JournalCodec.list(members, it -> need(it, progress.required().of(it))));
    }
  }

  static RequiredObjects readNeeds(Fields in, Deployment deployment) {
    Set<Digest> objects = JournalCodec.readObjects(in);
    RequiredObjects required =
        objects.isEmpty()
            ? RequiredObjects.UNKNOWN
            : RequiredObjects.of(deployment.component(), objects);
    for (Map.Entry<ComponentName, Set<Digest>> entry : list(in, MOVES_NEED, SuiteCodec::readNeed)) {
      required = required.and(entry.getKey(), entry.getValue());
    }
    return required;
  }

  private static ObjectNode need(ComponentName component, Set<Digest> objects) {
    ObjectNode node = ChecksummedLine.object().put("component", component.text());
    JournalCodec.writeObjects(node, objects);
    return node;
  }

  private static Map.Entry<ComponentName, Set<Digest>> readNeed(Fields in) {
    return Map.entry(ComponentName.of(in.text("component")), JournalCodec.readObjects(in));
  }

  private static ObjectNode named(ComponentName component, String member, Release release) {
    ObjectNode node = ChecksummedLine.object().put("component", component.text());
    node.set(member, JournalCodec.write(release));
    return node;
  }

  private static <T> List<T> list(Fields in, String name, Function<Fields, T> reader) {
    return in.has(name) ? in.list(name, reader) : List.of();
  }
}
