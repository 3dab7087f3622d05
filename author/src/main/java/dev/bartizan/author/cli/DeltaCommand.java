// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.delta.decode.DeltaDecoder;
import dev.bartizan.delta.encode.DeltaEncoder;
import dev.bartizan.delta.encode.FileContent;
import dev.bartizan.delta.encode.Layout;
import dev.bartizan.delta.explain.DeltaPlot;
import dev.bartizan.delta.explain.DeltaSummary;
import dev.bartizan.delta.explain.TensorNames;
import dev.bartizan.delta.format.DeltaFormat;
import dev.bartizan.protocol.cli.ProgressLine;
import dev.bartizan.updater.disk.OutputFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bartizan-release delta}: the delta engine on plain files. */
@Command(
    name = "delta",
    description = "Makes, applies and explains differences between two files.",
    synopsisSubcommandLabel = "(create | apply | info)",
    mixinStandardHelpOptions = true)
@TouchesTheWorld("opens the files named on the command line")
public final class DeltaCommand {
  private static final int BUFFER = 1 << 16;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls a command
  private CommandSpec spec;

  @Command(
      name = "create",
      description = "Writes what turns OLD into NEW to DELTA.",
      mixinStandardHelpOptions = true)
  int create(
      @Parameters(paramLabel = "OLD", description = "The file that devices have.") Path old,
      @Parameters(paramLabel = "NEW", description = "The file that they should get.") Path next,
      @Parameters(paramLabel = "DELTA", description = "The file to write.") Path delta,
      @Option(
              names = "--old-model",
              paramLabel = "FILE",
              description = "The ONNX model whose external data file OLD is.")
          @Nullable Path oldModel,
      @Option(
              names = "--new-model",
              paramLabel = "FILE",
              description = "The ONNX model whose external data file NEW is.")
          @Nullable Path newModel)
      throws IOException, Refusal {
    ProgressLine progress = ProgressLine.on(spec.commandLine().getErr());
    try (FileContent base = FileContent.open(old);
        FileContent result = FileContent.open(next);
        OutputFile file = OutputFile.create(delta, inputs(old, next, oldModel, newModel))) {
      OutputStream out = new BufferedOutputStream(file.stream(), BUFFER);
      new DeltaEncoder()
          .encode(
              base,
              layout(base, old, oldModel),
              result,
              layout(result, next, newModel),
              out,
              progress::show);
      out.flush();
      file.commit();
    } finally {
      progress.end();
    }
    return 0;
  }

  private static Layout layout(FileContent content, Path file, @Nullable Path model)
      throws IOException, Refusal {
    if (model == null) {
      return Layout.of(content);
    }
    try (FileContent description = FileContent.open(model)) {
      return Layout.external(description, String.valueOf(file.getFileName()), content);
    }
  }

  @Command(
      name = "apply",
      description = "Rebuilds NEW from OLD and DELTA; NEW appears only when its digest is right.",
      mixinStandardHelpOptions = true)
  int apply(
      @Parameters(paramLabel = "OLD", description = "The file that DELTA was made from.") Path old,
      @Parameters(paramLabel = "DELTA", description = "The difference.") Path delta,
      @Parameters(paramLabel = "NEW", description = "The file to write.") Path next)
      throws IOException, Refusal {
    int cores = Runtime.getRuntime().availableProcessors();
    ExecutorService workers = Executors.newFixedThreadPool(cores);
    try (FileContent base = FileContent.open(old);
        InputStream in = open(delta);
        OutputFile file = OutputFile.create(next, old, delta)) {
      new DeltaDecoder(Digest::sha256, DeltaFormat.FILE_LENGTH_MAX, workers, cores + 1)
          .apply(base, in, file::write);
      file.commit();
    } finally {
      workers.shutdownNow();
    }
    return 0;
  }

  @Command(
      name = "info",
      description =
          "Says from which file to which DELTA leads, and for each tensor what was chosen and what"
              + " it cost.",
      mixinStandardHelpOptions = true)
  int info(
      @Parameters(paramLabel = "DELTA", description = "The difference.") Path delta,
      @Option(names = "--json", description = "One JSON document on stdout.") boolean json,
      @Option(names = "--svg", paramLabel = "FILE", description = "Draws it to FILE.")
          @Nullable Path svg,
      @Option(
              names = "--old",
              paramLabel = "OLD",
              description = "The file that DELTA was made from: tells the tensors' names.")
          @Nullable Path old)
      throws IOException, Refusal {
    try (InputStream in = open(delta)) {
      DeltaSummary summary = DeltaSummary.read(in, names(old));
      if (svg != null) {
        draw(summary, svg, inputs(delta, old));
      }
      if (svg == null || json) {
        spec.commandLine().getOut().println(json ? summary.json() : summary.text());
      }
    }
    return 0;
  }

  private static Path[] inputs(@Nullable Path... named) {
    return Arrays.stream(named).filter(Objects::nonNull).toArray(Path[]::new);
  }

  private static TensorNames names(@Nullable Path old) throws IOException {
    if (old == null) {
      return TensorNames.none();
    }
    try (FileContent base = FileContent.open(old)) {
      return TensorNames.of(Layout.of(base));
    }
  }

  private static void draw(DeltaSummary summary, Path svg, Path... inputs) throws IOException {
    try (OutputFile file = OutputFile.create(svg, inputs)) {
      file.write(ByteBuffer.wrap(DeltaPlot.svg(summary).getBytes(StandardCharsets.UTF_8)));
      file.commit();
    }
  }

  private static InputStream open(Path file) throws IOException {
    return new BufferedInputStream(Files.newInputStream(file), BUFFER);
  }
}
