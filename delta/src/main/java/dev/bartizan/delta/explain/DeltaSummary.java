// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.delta.decode.DeltaReader;
import dev.bartizan.delta.format.DeltaFormat;
import dev.bartizan.delta.format.DeltaHeader;
import dev.bartizan.delta.format.DeltaRefusal;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a delta is made of.
 *
 * @param length bytes of the whole delta
 * @param parts tensors, or blocks of them, and what lies between; what is copied on end is one
 */
public record DeltaSummary(DeltaHeader header, long length, List<DeltaPart> parts) {
  private static final int BAR = 40;

  public DeltaSummary {
    parts = List.copyOf(parts);
  }

  /**
   * Reads a delta to its end; every section's checksum was right when this returns.
   *
   * @param names what the base calls its tensors
   */
  public static DeltaSummary read(InputStream delta, TensorNames names)
      throws IOException, DeltaRefusal {
    DeltaReader reader = DeltaReader.open(delta);
    List<DeltaPart> parts = new ArrayList<>();
    long length = DeltaFormat.HEADER_LENGTH;
    for (Optional<DeltaReader.Verified> next = reader.next();
        next.isPresent();
        next = reader.next()) {
      length += DeltaFormat.SECTION_HEADER_LENGTH + next.get().section().payloadLength();
      parts.addAll(DeltaPart.of(next.get(), names));
    }
    return new DeltaSummary(reader.header(), length, DeltaPart.joined(parts));
  }

  public String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", DeltaFormat.VERSION).put("length", length);
    describe(json.putObject("base"), header.base(), header.baseLength());
    describe(json.putObject("result"), header.result(), header.resultLength());
    ArrayNode list = json.putArray("parts");
    for (DeltaPart part : parts) {
      ObjectNode one = list.addObject();
      one.put("position", part.position())
          .put("length", part.length())
          .put("choice", part.choice())
          .put("cost", part.cost());
      if (!part.name().isEmpty()) {
        one.put("tensor", part.name());
      }
    }
    return json.toPrettyString();
  }

  private static void describe(ObjectNode json, Digest digest, long length) {
    json.put("sha256", digest.hex()).put("length", length);
  }

  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(line("base", header.base(), header.baseLength()));
    text.append(line("result", header.result(), header.resultLength()));
    text.append(
        String.format(
            Locale.ROOT,
            "delta   %d bytes, %.1f %% of the result%n",
            length,
            share(length, header.resultLength())));
    text.append(
        String.format(
            Locale.ROOT, "%n%14s  %10s  %9s  %7s%n", "position", "length", "cost", "share"));
    for (DeltaPart part : parts) {
      text.append(line(part));
    }
    return text.toString().stripTrailing();
  }

  private static String line(String name, Digest digest, long length) {
    return String.format(Locale.ROOT, "%-7s %s  %d bytes%n", name, digest, length);
  }

  /** One part with a bar: how much of it had to travel. */
  private static String line(DeltaPart part) {
    double share = share(part.cost(), part.length());
    String bar = "#".repeat((int) Math.min(BAR, Math.ceil(share * BAR / 100)));
    return String.format(
        Locale.ROOT,
        "%14d  %10d  %9d  %5.1f %%  %-" + BAR + "s  %s%n",
        part.position(),
        part.length(),
        part.cost(),
        share,
        bar,
        part.title());
  }

  static double share(long part, long whole) {
    return whole == 0 ? 0 : 100.0 * part / whole;
  }
}
