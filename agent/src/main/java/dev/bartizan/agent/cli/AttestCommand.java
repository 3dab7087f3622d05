// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.OutputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bartizan attest}. */
@Command(
    name = "attest",
    description = {
      "Write attested evidence for a verifier's nonce.",
      "",
      "The file holds an EAT bound to a TPM quote, with the logs that explain the quoted PCRs;"
          + " `bartizan-fleet report verify` judges it."
    })
final class AttestCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--nonce",
      paramLabel = "HEX",
      required = true,
      description = "The verifier's fresh nonce: 8 to 64 bytes in hexadecimal.")
  private String nonce = "";

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to write.")
  private Path out = Path.of("");

  @Override
  public Integer call() throws IOException, Refusal {
    byte[] question = StrictJson.write(StrictJson.object().put("nonce", nonce));
    byte[] report = ConfigOption.ask(config.read(), "attest", question);
    try (OutputFile file = OutputFile.create(out)) {
      file.write(ByteBuffer.wrap(report));
      file.commit();
    }
    return 0;
  }
}
