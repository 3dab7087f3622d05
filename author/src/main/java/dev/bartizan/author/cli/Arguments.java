// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.updater.tuf.RoleName;
import dev.bartizan.updater.tuf.SignatureScheme;
import picocli.CommandLine.ITypeConverter;

/** How arguments are read; what cannot be read is a wrong command line (exit code 2). */
final class Arguments {
  private Arguments() {}

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

  /** How many of how many keys: {@code 2/3}. */
  record Quorum(int threshold, int keys) {}

  /** {@code M/N}. */
  static final class QuorumArgument implements ITypeConverter<Quorum> {
    @Override
    public Quorum convert(String text) {
      if (!text.matches("\\d{1,2}/\\d{1,2}")) {
        throw new IllegalArgumentException("not M/N");
      }
      int slash = text.indexOf('/');
      return new Quorum(
          Integer.parseInt(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }
  }

  /** A small number of keys. */
  static final class CountArgument implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      if (!text.matches("\\d{1,2}")) {
        throw new IllegalArgumentException("not a number of keys");
      }
      return Integer.parseInt(text);
    }
  }

  /** A role of the repository. */
  static final class RoleArgument implements ITypeConverter<RoleName> {
    @Override
    public RoleName convert(String text) {
      return new RoleName(text);
    }
  }

  /** How role keys sign. */
  static final class SchemeArgument implements ITypeConverter<SignatureScheme> {
    private static final String SCHEMES =
        "ed25519, ecdsa-p256, ecdsa-p384, rsa, ed25519+ml-dsa-65 or ecdsa-p256+ml-dsa-65";

    @Override
    public SignatureScheme convert(String text) {
      return switch (text) {
        case "ed25519" -> SignatureScheme.ED25519;
        case "ecdsa-p256" -> SignatureScheme.ECDSA_P256;
        case "ecdsa-p384" -> SignatureScheme.ECDSA_P384;
        case "rsa" -> SignatureScheme.RSA_PSS_SHA256;
        case "ed25519+ml-dsa-65" -> SignatureScheme.ED25519_ML_DSA_65;
        case "ecdsa-p256+ml-dsa-65" -> SignatureScheme.ECDSA_P256_ML_DSA_65;
        default -> throw new IllegalArgumentException("not " + SCHEMES);
      };
    }
  }
}
