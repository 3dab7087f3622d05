package dev.bartizan.fleet.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.delta.DeltaFormat;
import dev.bartizan.updater.delta.DeltaHeader;
import dev.bartizan.updater.delta.DeltaReader;
import dev.bartizan.updater.delta.DeltaRefusal;
import dev.bartizan.updater.delta.Method;
import dev.bartizan.updater.delta.Section;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a delta is made of. */
record DeltaSummary(DeltaHeader header, List<Section> sections) {
  private static final int BAR = 40;

  DeltaSummary {
    sections = List.copyOf(sections);
  }

  /** Reads a delta to its end; every section's digest was right when this returns. */
  static DeltaSummary read(InputStream delta) throws IOException, DeltaRefusal {
    DeltaReader reader = DeltaReader.open(delta, Digest.sha256());
    List<Section> sections = new ArrayList<>();
    for (Optional<Section> section = reader.next(); section.isPresent(); section = reader.next()) {
      sections.add(section.get());
    }
    return new DeltaSummary(reader.header(), sections);
  }

  /** Bytes of the whole delta. */
  long length() {
    return sections.stream()
            .mapToLong(section -> DeltaFormat.SECTION_HEADER_LENGTH + section.payloadLength())
            .sum()
        + DeltaFormat.HEADER_LENGTH;
  }

  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", DeltaFormat.VERSION).put("length", length());
    describe(json.putObject("base"), header.base(), header.baseLength());
    describe(json.putObject("result"), header.result(), header.resultLength());
    ArrayNode list = json.putArray("sections");
    for (Section section : sections) {
      describe(list.addObject(), section);
    }
    return json.toPrettyString();
  }

  private static void describe(ObjectNode json, Digest digest, long length) {
    json.put("sha256", digest.hex()).put("length", length);
  }

  private void describe(ObjectNode json, Section section) {
    json.put("position", section.index() * header.sectionLength())
        .put("length", header.resultLength(section.index()))
        .put("method", name(section.method()))
        .put("payload_length", section.payloadLength())
        .put("base_position", section.basePosition())
        .put("base_length", section.baseLength());
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(line("base", header.base(), header.baseLength()));
    text.append(line("result", header.result(), header.resultLength()));
    text.append(
        String.format(
            Locale.ROOT,
            "delta   %d bytes, %.1f %% of the result%n",
            length(),
            share(length(), header.resultLength())));
    for (Section section : sections) {
      text.append(line(section));
    }
    return text.toString().stripTrailing();
  }

  private static String line(String name, Digest digest, long length) {
    return String.format(Locale.ROOT, "%-7s %s  %d bytes%n", name, digest, length);
  }

  /** One section with a bar: how much of its stretch of the result had to travel. */
  private String line(Section section) {
    int length = header.resultLength(section.index());
    double share = share(section.payloadLength(), length);
    String bar = "#".repeat((int) Math.min(BAR, Math.ceil(share * BAR / 100)));
    return String.format(
        Locale.ROOT,
        "%14d  %8d  %-14s %8d  %5.1f %%  %s%n",
        section.index() * header.sectionLength(),
        length,
        name(section.method()),
        section.payloadLength(),
        share,
        bar);
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : 100.0 * part / whole;
  }

  private static String name(Method method) {
    return method.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
