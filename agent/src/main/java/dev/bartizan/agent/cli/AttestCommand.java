// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.agent.attest.AcmeAttester;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.OutputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code bartizan attest}. */
@Command(
    name = "attest",
    description = {
      "Write attested evidence for a verifier's nonce, or for an ACME server.",
      "",
      "The file holds an EAT bound to a TPM quote, with the logs that explain the quoted PCRs;"
          + " `bartizan-fleet report verify` judges it.",
      "",
      "With --acme it is the payload (JSON) of an answer to the challenge device-attest-01: a"
          + " statement in the format `tpm`, in which the chip certifies this device's identity key"
          + " by its attestation key, for which the fleet gave a certificate at enrolment. The"
          + " server has to believe the fleet's authority, and the order's CSR has to be for the"
          + " identity key."
    })
final class AttestCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @ArgGroup(multiplicity = "1")
  private Question question = new Question();

  /** Whose question is answered. */
  private static final class Question {
    @Option(
        names = "--nonce",
        paramLabel = "HEX",
        required = true,
        description = "The verifier's fresh nonce: 8 to 64 bytes in hexadecimal.")
    private @Nullable String nonce;

    @Option(
        names = "--acme",
        paramLabel = "KEYAUTHZ",
        required = true,
        converter = KeyAuthorization.class,
        description = "The ACME challenge's key authorization, TOKEN.THUMBPRINT.")
    private @Nullable String acme;

    byte[] ask(AgentConfig config) throws IOException, Refusal {
      return acme == null
          ? ConfigOption.ask(
              config, "attest", StrictJson.write(StrictJson.object().put("nonce", nonce)))
          : ConfigOption.ask(
              config, "acme", StrictJson.write(StrictJson.object().put("key_authorization", acme)));
    }
  }

  /** As an ACME client makes it of a challenge's token. */
  private static final class KeyAuthorization implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (!AcmeAttester.isKeyAuthorization(text)) {
        throw new TypeConversionException("is not a key authorization, TOKEN.THUMBPRINT");
      }
      return text;
    }
  }

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to write.")
  private Path out = Path.of("");

  @Override
  public Integer call() throws IOException, Refusal {
    byte[] report = question.ask(config.read());
    try (OutputFile file = OutputFile.create(out)) {
      file.write(ByteBuffer.wrap(report));
      file.commit();
    }
    return 0;
  }
}
