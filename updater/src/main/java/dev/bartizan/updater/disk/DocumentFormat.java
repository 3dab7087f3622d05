// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.util.Optional;

/**
 * The format of one durable document, as the document itself names it: {@code bartizan-inbox/1}. A
 * version of the software reads its own format and the one before; what it writes depends on
 * whether it may still have to go back.
 *
 * @param name of the document, {@code "bartizan-inbox"}
 * @param current the version that this software writes when it is there to stay; from 1
 */
public record DocumentFormat(String name, int current) {
  /** Longer than any name of a format. */
  public static final int MAX_TEXT = 64;

  private static final String MEMBER = "schema";
  private static final String NONE = "none";
  private static final int LONGEST_SHOWN = 40;

  public DocumentFormat {
    if (current < 1 || !name.matches("bartizan-[a-z-]{1,40}")) {
      throw new IllegalArgumentException("not a format: " + name + "/" + current);
    }
  }

  /** The version to write. */
  public int toWrite(boolean isCommitted) {
    return isCommitted ? current : previous();
  }

  /** A JSON document of the current version, which says so and nothing else yet. */
  public ObjectNode begin() {
    return StrictJson.object().put(MEMBER, text(current));
  }

  /**
   * Insists that a JSON document is of the current version or the one before, for readers to whom
   * any other is just not the document it should be.
   */
  public void require(JsonFields document, String file) throws Malformed {
    try {
      accept(document.findText(MEMBER, MAX_TEXT), file);
    } catch (FormatRefusal another) {
      throw new Malformed(another.getMessage(), another);
    }
  }

  /** How a document of {@code version} names its format. */
  public String text(int version) {
    return name + "/" + version;
  }

  /**
   * Which version a document is of.
   *
   * @param named by the document; empty when it names none
   * @param file the document, for the message
   * @throws FormatRefusal unless it is the current one or the one before
   */
  public int accept(Optional<String> named, String file) throws FormatRefusal {
    for (int version = current; version >= previous(); version--) {
      if (named.equals(Optional.of(text(version)))) {
        return version;
      }
    }
    String readable = text(current) + (previous() < current ? " and " + text(previous()) : "");
    throw new FormatRefusal(file, named.map(DocumentFormat::shown).orElse(NONE), readable);
  }

  /** There was none before the first. */
  private int previous() {
    return Math.max(1, current - 1);
  }

  private static String shown(String foreign) {
    String plain = foreign.replaceAll("[^A-Za-z0-9/._-]", "?");
    return plain.substring(0, Math.min(plain.length(), LONGEST_SHOWN));
  }
}
