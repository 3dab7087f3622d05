// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cbor;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The members of one CBOR map from outside. Each accessor says what it expects and refuses anything
 * else, naming the member by its path; members nobody asks for are ignored.
 */
public final class CborFields {
  private static final long LAST_SECOND = 253_402_300_799L; // year 9999

  private final String path;
  private final Map<Cbor, Cbor> members;

  private CborFields(String path, Map<Cbor, Cbor> members) {
    this.path = path;
    this.members = members;
  }

  public static CborFields of(String path, Cbor item) throws Malformed {
    if (item instanceof Cbor.Map map) {
      return new CborFields(path, map.members());
    }
    throw new Malformed(path + " is not a CBOR map");
  }

  /**
   * Reads one map.
   *
   * @param limit the most bytes to look at
   * @param what the document's name, for messages
   */
  public static CborFields read(Bytes encoded, int limit, String what) throws Malformed {
    return of(what, Cbor.read(encoded, limit, what));
  }

  public boolean has(Label label) {
    return members.containsKey(label.key());
  }

  /** All of them, at most {@code max}. */
  public Map<Cbor, Cbor> members(int max) throws Malformed {
    if (members.size() > max) {
      throw new Malformed(path + " has more than " + max + " members");
    }
    return members;
  }

  /** Text of 1 to {@code maxLength} characters without control characters. */
  public String text(Label label, int maxLength) throws Malformed {
    return text(at(label), get(label), maxLength);
  }

  /** A whole number in 0..2^63-1. */
  public long number(Label label) throws Malformed {
    return number(at(label), get(label));
  }

  /** True or false; {@code otherwise} where it is not said. */
  public boolean flag(Label label, boolean otherwise) throws Malformed {
    if (!has(label)) {
      return otherwise;
    }
    if (get(label) instanceof Cbor.Flag flag) {
      return flag.value();
    }
    throw new Malformed(at(label) + " is not true or false");
  }

  /** Seconds since 1970, whole, up to the year 9999. */
  public Instant instant(Label label) throws Malformed {
    long seconds = number(label);
    if (seconds > LAST_SECOND) {
      throw new Malformed(at(label) + " is not a time before the year 10000");
    }
    return Instant.ofEpochSecond(seconds);
  }

  /** A byte string of at most {@code max} bytes. */
  public Bytes octets(Label label, int max) throws Malformed {
    return octets(at(label), get(label), max);
  }

  public Digest digest(Label label) throws Malformed {
    return digest(at(label), get(label));
  }

  public Optional<Digest> findDigest(Label label) throws Malformed {
    return has(label) ? Optional.of(digest(label)) : Optional.empty();
  }

  /** An array of at most {@code max} items. */
  public List<Cbor> array(Label label, int max) throws Malformed {
    return array(at(label), get(label), max);
  }

  public CborFields map(Label label) throws Malformed {
    return of(at(label), get(label));
  }

  /** Text from the middle of an array; {@code at} is its path, for the message. */
  public static String text(String at, Cbor item, int maxLength) throws Malformed {
    String text = item instanceof Cbor.Text found ? found.value() : "";
    if (text.isEmpty()
        || text.length() > maxLength
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new Malformed(at + " is not plain text of 1 to " + maxLength + " characters");
    }
    return text;
  }

  /** The same for a whole number in 0..2^63-1. */
  public static long number(String at, Cbor item) throws Malformed {
    if (item instanceof Cbor.Int number && number.value() >= 0) {
      return number.value();
    }
    throw new Malformed(at + " is not a whole number");
  }

  /** The same for a byte string. */
  public static Bytes octets(String at, Cbor item, int max) throws Malformed {
    if (item instanceof Cbor.Octets octets && octets.value().length() <= max) {
      return octets.value();
    }
    throw new Malformed(at + " is not a byte string of at most " + max + " bytes");
  }

  /** The same for a SHA-256 digest. */
  public static Digest digest(String at, Cbor item) throws Malformed {
    Bytes value = octets(at, item, Digest.LENGTH);
    if (value.length() != Digest.LENGTH) {
      throw new Malformed(at + " is not a SHA-256 digest of 32 bytes");
    }
    return new Digest(value);
  }

  /** The same for an array. */
  public static List<Cbor> array(String at, Cbor item, int max) throws Malformed {
    if (item instanceof Cbor.Array array && array.items().size() <= max) {
      return array.items();
    }
    throw new Malformed(at + " is not an array of at most " + max + " items");
  }

  private Cbor get(Label label) throws Malformed {
    Cbor item = members.get(label.key());
    if (item == null) {
      throw new Malformed(at(label) + " is missing");
    }
    return item;
  }

  private String at(Label label) {
    return path + "." + label.name();
  }
}
