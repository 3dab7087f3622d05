// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.EndorsementChoice;
import dev.bartizan.crypto.tpm.EndorsementCredential;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.TpmRefusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which of its chip's keys a device is named after, and by whose word. */
final class EndorsementOptions {
  private static final int MAX_CERTIFICATES = 48 * 1024;

  @Option(
      names = "--endorsement-key",
      paramLabel = "KIND",
      converter = EndorsementKeyKind.class,
      description = {
        "Which of its TPM's keys the device is named after: p-256, rsa-2048, p-384 or rsa-3072. The"
            + " server believes each chip maker for one kind. By default the first of these for"
            + " which there is a certificate. Fixed once the device is enrolled."
      })
  private @Nullable EndorsementKind endorsementKey;

  @Option(
      names = "--ek-certificate",
      paramLabel = "FILE",
      description = {
        "That key's certificate by the TPM's maker, PEM or DER, and those above it, for a TPM that"
            + " carries none."
      })
  private @Nullable Path endorsementCertificate;

  EndorsementChoice choice() throws IOException, Malformed {
    return new EndorsementChoice(Optional.ofNullable(endorsementKey), given());
  }

  @TouchesTheWorld("the endorsement certificate named on the command line")
  private Optional<EndorsementCredential> given() throws IOException, Malformed {
    if (endorsementCertificate == null) {
      return Optional.empty();
    }
    byte[] content;
    try (InputStream in = Files.newInputStream(endorsementCertificate)) {
      content = in.readNBytes(MAX_CERTIFICATES + 1);
    }
    if (content.length > MAX_CERTIFICATES) {
      throw new Malformed(
          endorsementCertificate + ": is longer than " + MAX_CERTIFICATES + " bytes");
    }
    try {
      return Optional.of(EndorsementCredential.parse(Bytes.of(content)));
    } catch (TpmRefusal unreadable) {
      throw new Malformed(endorsementCertificate + ": " + unreadable.getMessage(), unreadable);
    }
  }

  /** One of the kinds of key that a chip is taken in by. */
  private static final class EndorsementKeyKind implements ITypeConverter<EndorsementKind> {
    @Override
    public EndorsementKind convert(String text) {
      return EndorsementKind.find(text)
          .orElseThrow(() -> new TypeConversionException("is none of " + EndorsementKind.texts()));
    }
  }
}
