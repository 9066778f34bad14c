//! The compiled kernels of a model, in the order of their launches.

use ninth_model::Transformer;
use ninth_training::Config;
use ninth_training::engine::EngineError;
use ninth_training::optimizer::muon;
use wgpu::{BindGroupLayout, ComputePipeline, ShaderStages};

use crate::device::{OpenDevice, STORAGE_BUFFERS};
use crate::plan::{Plan, SPAN, TEAM, THREADS, has_matrices};
use crate::program::{self, EVALUATE, TRAIN, Unrolling, alone};
use crate::stages::Passes;

/// Workgroups that a launch may have in one dimension.
const MOST_WORKGROUPS: usize = 65_535;

/// A launch of a kernel.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// The name of the kernel.
    pub(crate) kernel: String,
    pub(crate) pipeline: ComputePipeline,
    pub(crate) workgroups: [u32; 3],
    /// The argument: a layer, or an iteration of Muon.
    pub(crate) argument: usize,
}

/// All launches.
#[derive(Debug)]
pub(crate) struct Pipelines {
    pub(crate) layout: BindGroupLayout,
    /// Losses and predictions.
    pub(crate) evaluate: Vec<Launch>,
    /// Losses, predictions, gradients and their norm.
    pub(crate) backward: Vec<Launch>,
    /// The update.
    pub(crate) update: Vec<Launch>,
}

/// At least `count` workgroups in two dimensions, times `deep` in the third.
fn in_two(count: usize, deep: usize) -> [u32; 3] {
    let across = count.clamp(1, MOST_WORKGROUPS);
    [across, count.div_ceil(across).max(1), deep].map(|count| count as u32)
}

impl Pipelines {
    pub(crate) fn new(
        open: &OpenDevice,
        config: &Config,
        model: &Transformer,
        plan: &Plan,
    ) -> Result<Self, EngineError> {
        let layout = bind_group_layout(open);
        let stages = Passes::of(model);
        let unrolling = Unrolling::on(open.software);
        let passes = Module::new(open, &layout, "passes", {
            program::passes_text(config, model, plan, &stages, unrolling)
        })?;
        let updates = Module::new(open, &layout, "updates", {
            program::updates_text(config, model, plan, unrolling)
        })?;
        let launch = |module: &Module<'_>, kernel: &str, workgroups| -> Result<_, EngineError> {
            let pipeline = module.pipeline(kernel)?;
            Ok(Launch { kernel: kernel.to_string(), pipeline, workgroups, argument: 0 })
        };

        let layers = model.architecture().model().layers;
        let blocks = plan.blocks.count as u32;
        let (evaluate, mut backward) = match plan.blocks.fused {
            true => (
                vec![launch(&passes, EVALUATE, [blocks, 1, 1])?],
                vec![launch(&passes, TRAIN, [blocks, 1, 1])?],
            ),
            false => {
                let mut alone_in = Vec::new();
                for stage in stages.all() {
                    let shares = stage.shares(plan).min(MOST_WORKGROUPS) as u32;
                    let launch = launch(&passes, &alone(stage.name), [blocks, shares, 1])?;
                    alone_in.push((stage.name, launch));
                }
                let pass = |training| -> Vec<Launch> {
                    let in_order = stages.in_order(layers, training).into_iter();
                    let launches = in_order.filter_map(|(stage, layer)| {
                        let (_, launch) = alone_in.iter().find(|(name, _)| *name == stage.name)?;
                        Some(Launch { argument: layer, ..launch.clone() })
                    });
                    launches.collect()
                };
                (pass(false), pass(true))
            }
        };

        let weights = in_two(plan.splits.tiles, plan.splits.count);
        backward.push(launch(&updates, "linear_backward_weights", weights)?);
        if plan.norms > 0 {
            let width = model.architecture().model().d_model;
            let workgroups = in_two((plan.norms * width).div_ceil(TEAM), plan.splits.count);
            backward.push(launch(&updates, "normalisation_backward_weights", workgroups)?);
        }
        let cells = program::learned_cells(model);
        if cells > 0 {
            let workgroups = in_two(cells.div_ceil(TEAM), 1);
            backward.push(launch(&updates, "embedding_backward", workgroups)?);
        }
        backward.push(launch(&updates, "reduce_gradients", in_two(plan.spans(), 1))?);
        backward.push(launch(&updates, "total", [1, 1, 1])?);

        let elements = in_two(plan.parameters.div_ceil(THREADS), 1);
        let mut update = vec![launch(&updates, "update_parameters", elements)?];
        if has_matrices(config.optimizer.kind) && !plan.tables.matrices.is_empty() {
            update.extend(muon_launches(plan, |kernel, workgroups, argument| {
                Ok(Launch { argument, ..launch(&updates, kernel, workgroups)? })
            })?);
        }
        Ok(Pipelines { layout, evaluate, backward, update })
    }
}

/// The launches of Muon: one or more workgroups for each matrix.
fn muon_launches(
    plan: &Plan,
    launch: impl Fn(&str, [u32; 3], usize) -> Result<Launch, EngineError>,
) -> Result<Vec<Launch>, EngineError> {
    let count = plan.tables.matrices.len() as u32;
    let most = |of: &dyn Fn(usize, usize) -> usize| {
        let sizes = plan.tables.matrices.iter().map(|matrix| of(matrix.short(), matrix.long()));
        [count, sizes.max().unwrap_or(1).min(MOST_WORKGROUPS) as u32, 1]
    };
    let elements = most(&|short, long| (short * long).div_ceil(SPAN));
    let square = most(&|short, _| plan.splits.tile.count(short, short));
    let wide = most(&|short, long| plan.splits.tile.count(short, long));
    let once = |kernel| launch(kernel, elements, 0);
    let mut launches = vec![once("muon_momentum")?, once("muon_scale")?];
    // Compiled once, launched in every iteration.
    let iteration = [
        launch("muon_square", square, 0)?,
        launch("muon_factor", square, 0)?,
        launch("muon_apply", wide, 0)?,
    ];
    for argument in 0..muon::TIMES {
        launches.extend(iteration.iter().map(|launch| Launch { argument, ..launch.clone() }));
    }
    launches.push(once("muon_update")?);
    Ok(launches)
}

/// The bindings of the kernels: the argument of a launch, and the buffers.
fn bind_group_layout(open: &OpenDevice) -> BindGroupLayout {
    let entry = |binding, ty, has_dynamic_offset| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset, min_binding_size: None },
        count: None,
    };
    let storage = wgpu::BufferBindingType::Storage { read_only: false };
    let mut entries = vec![entry(0, wgpu::BufferBindingType::Uniform, true)];
    entries.extend((1..=STORAGE_BUFFERS).map(|binding| entry(binding, storage, false)));
    open.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("ninth"),
        entries: &entries,
    })
}

/// A WGSL text that the device has accepted.
struct Module<'a> {
    open: &'a OpenDevice,
    module: wgpu::ShaderModule,
    layout: wgpu::PipelineLayout,
}

impl<'a> Module<'a> {
    fn new(
        open: &'a OpenDevice,
        layout: &BindGroupLayout,
        label: &str,
        text: String,
    ) -> Result<Self, EngineError> {
        let module = open.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(label),
            source: wgpu::ShaderSource::Wgsl(text.into()),
        });
        open.check()?;
        let layout = open.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some(label),
            bind_group_layouts: &[Some(layout)],
            ..Default::default()
        });
        Ok(Module { open, module, layout })
    }

    fn pipeline(&self, kernel: &str) -> Result<ComputePipeline, EngineError> {
        let options = wgpu::PipelineCompilationOptions {
            // Kernels read nothing from shared memory that they have not written.
            zero_initialize_workgroup_memory: false,
            ..Default::default()
        };
        let pipeline = self.open.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(kernel),
            layout: Some(&self.layout),
            module: &self.module,
            entry_point: Some(kernel),
            compilation_options: options,
            cache: None,
        });
        self.open.check()?;
        Ok(pipeline)
    }
}
