// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.protocol.command.Audience;
import dev.bartizan.protocol.evidence.Nonce;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;

/** How arguments are read; what cannot be read is a wrong command line (exit code 2). */
final class Arguments {
  private Arguments() {}

  /** Hexadecimal. */
  static final class NonceArgument implements ITypeConverter<Nonce> {
    @Override
    public Nonce convert(String text) {
      return Nonce.ofHex(text);
    }
  }

  /** A moment as RFC 3339 writes it. */
  static final class TimeArgument implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return Instant.parse(text);
      } catch (DateTimeParseException notATime) {
        throw new IllegalArgumentException("not a time like 2027-05-01T12:00:00Z", notATime);
      }
    }
  }

  /** A device's id in its text form. */
  static final class UeidArgument implements ITypeConverter<Ueid> {
    @Override
    public Ueid convert(String text) {
      return Ueid.parse(text);
    }
  }

  /** The private half of a command key outside the directory, {@code NAME.key}. */
  static final class KeyFileArgument implements ITypeConverter<KeyFile> {
    @Override
    public KeyFile convert(String text) {
      return KeyFile.of(Path.of(text));
    }
  }

  /** A device's id or {@code group:NAME}. */
  static final class AudienceArgument implements ITypeConverter<Audience> {
    @Override
    public Audience convert(String text) {
      Audience audience = new Audience(text);
      return audience.isGroup() ? audience : Audience.device(Ueid.parse(text));
    }
  }

  /** A SHA-256 digest in hexadecimal; other tools put colons between the bytes, in capitals. */
  static final class DigestArgument implements ITypeConverter<Digest> {
    @Override
    public Digest convert(String text) {
      return Digest.ofHex(text.replace(":", "").toLowerCase(Locale.ROOT));
    }
  }

  /** A kind of endorsement key. */
  static final class KindArgument implements ITypeConverter<EndorsementKind> {
    @Override
    public EndorsementKind convert(String text) {
      return EndorsementKind.find(text)
          .orElseThrow(() -> new IllegalArgumentException("not one of " + EndorsementKind.texts()));
    }
  }

  /** The name of a hardware profile. */
  static final class ProfileArgument implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (!text.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
        throw new IllegalArgumentException("lower-case letters, digits, . _ - only");
      }
      return text;
    }
  }

  /** {@code HOST:PORT}. */
  static final class AddressArgument implements ITypeConverter<InetSocketAddress> {
    @Override
    public InetSocketAddress convert(String text) {
      int colon = text.lastIndexOf(':');
      if (colon < 1 || !text.substring(colon + 1).matches("\\d{1,5}")) {
        throw new IllegalArgumentException("not HOST:PORT");
      }
      return InetSocketAddress.createUnresolved(
          text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }
  }
}
